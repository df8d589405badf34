package dev.ringback.rocks;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * Bounds the memory of all RocksDB stores of an application together, however many partitions.
 * Kafka Streams makes one of these for each store: what they share is the subclass's, and static.
 */
public abstract class BoundedRocks implements RocksDBConfigSetter {
    private static final long STORE_WRITE_BUFFER_BYTES = 8L << 20;

    private final Budget budget;

    /** The memory that all stores of an application share, for as long as the process lives. */
    public static final class Budget {
        static {
            RocksDB.loadLibrary();
        }

        private final Cache cache;
        private final WriteBufferManager writeBuffers;

        /**
         * So much memory outside the heap.
         *
         * @param cacheBytes in all
         * @param writeBufferBytes the part of it for what has not been written to a file yet
         */
        public Budget(long cacheBytes, long writeBufferBytes) {
            this.cache = new LRUCache(cacheBytes);
            this.writeBuffers = new WriteBufferManager(writeBufferBytes, cache);
        }
    }

    protected BoundedRocks(Budget budget) {
        this.budget = budget;
    }

    @Override
    public void setConfig(String store, Options options, Map<String, Object> config) {
        BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(budget.cache);
        table.setCacheIndexAndFilterBlocks(true);
        tune(table, options);
        options.setTableFormatConfig(table);
        options.setWriteBufferManager(budget.writeBuffers);
        options.setWriteBufferSize(STORE_WRITE_BUFFER_BYTES);
        options.setMaxWriteBufferNumber(2);
    }

    /** What an application's stores have beyond that; nothing. */
    protected void tune(BlockBasedTableConfig table, Options options) {}

    @Override
    public void close(String store, Options options) {
        // The cache and the write buffers are shared by all stores and live as long as the process.
    }
}
