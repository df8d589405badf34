package dev.ringback.console.topology;

import dev.ringback.rocks.BoundedRocks;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;

/** Bounds the memory of the console's stores, and has them find and pack what they hold. */
public final class ConsoleRocks extends BoundedRocks {
    private static final Budget BUDGET = new Budget(128L << 20, 64L << 20);

    /** Shared by all stores, so that none is made for each. */
    private static final BloomFilter FILTER = new BloomFilter(10);

    /** Kafka Streams makes one for each store. */
    public ConsoleRocks() {
        super(BUDGET);
    }

    @Override
    protected void tune(BlockBasedTableConfig table, Options options) {
        table.setFilterPolicy(FILTER);
        options.setCompressionType(CompressionType.LZ4_COMPRESSION);
    }
}
