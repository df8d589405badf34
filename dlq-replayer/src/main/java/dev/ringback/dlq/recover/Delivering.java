package dev.ringback.dlq.recover;

import dev.ringback.dlq.job.Running;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.dlq.write.Writer;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Puts what was missing into {@code webhook.deliveries.replay}, where replays go. */
final class Delivering {
    private final int partitions;
    private final String job;
    private final Clock clock;
    private final long most;

    Delivering(TopicReader reader, String job, Clock clock, long most) {
        this.most = most;
        this.partitions = reader.partitions(Topics.REPLAY).size();
        this.job = job;
        this.clock = clock;
    }

    /** What is found goes to this writer. */
    Recovery.Visitor to(Writer writer, Running.Done done) {
        return new Recovery.Visitor() {
            @Override
            public boolean take(DeliveryHeader header, byte[] body) {
                writer.write(record(header.replayed(job, clock.instant()), body));
                done.one();
                return done.deliveries() < most;
            }

            @Override
            public void tooLarge(DeliveryHeader header) {}

            @Override
            public void incomplete(int deliveries) {}
        };
    }

    private ProducerRecord<byte[], byte[]> record(DeliveryHeader header, byte[] body) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(
                        Topics.REPLAY,
                        TopicReader.home(header.key(), partitions),
                        header.key().getBytes(StandardCharsets.UTF_8),
                        body);
        record.headers().add(DeliveryHeader.NAME, header.bytes());
        return record;
    }
}
