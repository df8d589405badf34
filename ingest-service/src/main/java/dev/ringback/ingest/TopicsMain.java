package dev.ringback.ingest;

import dev.ringback.copies.Keeping;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Logs;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.runtime.TopicSetup;
import dev.ringback.schemas.Topics.Topic;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/**
 * {@code ringback topics [--check | --spread]}: creates the topics, or says how an existing cluster
 * differs, or gives the topics of one that has grown their copies.
 */
public final class TopicsMain {
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int COPIES = 3;

    private TopicsMain() {}

    /** Does it and ends the process: 0 done, 1 failed or different, 2 wrong arguments. */
    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments), System.getenv(), System.out, System.err));
    }

    static int run(
            List<String> arguments,
            Map<String, String> environment,
            PrintStream out,
            PrintStream err) {
        if (arguments.equals(List.of("--help")) || arguments.equals(List.of("-h"))) {
            out.println("Usage: ringback topics [--check | --spread]");
            out.println("Creates the topics, or says how an existing cluster differs, or keeps");
            out.println("giving every topic RINGBACK_REPLICATION copies (3) until it is stopped.");
            return 0;
        }
        boolean check = arguments.equals(List.of("--check"));
        boolean keep = arguments.equals(List.of("--spread"));
        if (!check && !keep && !arguments.isEmpty()) {
            err.println("ringback: usage: ringback topics [--check | --spread]");
            return USAGE;
        }
        try {
            Settings settings = Settings.load(environment);
            Logs.configure(settings);
            try (Admin admin = KafkaClients.of(settings).impatient().admin("topics")) {
                if (keep) {
                    return keepSpread(admin, settings, out);
                }
                TopicSetup topics = new TopicSetup(admin, settings);
                return check ? check(topics, out) : create(topics, out, err);
            } catch (IllegalStateException | KafkaException e) {
                err.println(
                        "ringback: cannot use Kafka at "
                                + settings.get(Setting.KAFKA)
                                + ": "
                                + e.getMessage());
                return FAILED;
            }
        } catch (Settings.Invalid e) {
            err.println("ringback: " + e.getMessage());
            return USAGE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private static int keepSpread(Admin admin, Settings settings, PrintStream out)
            throws InterruptedException {
        int copies = settings.get(Setting.REPLICATION).orElse(COPIES);
        new Keeping(admin, copies, settings.get(Setting.STATE_DIR).resolve("spread"), out).run();
        return 0;
    }

    private static int check(TopicSetup topics, PrintStream out) throws InterruptedException {
        List<String> differences = topics.differences();
        differences.forEach(out::println);
        if (differences.isEmpty()) {
            out.println("all " + topics.wanted().size() + " topics are as they should be");
        }
        return differences.isEmpty() ? 0 : FAILED;
    }

    private static int create(TopicSetup topics, PrintStream out, PrintStream err)
            throws InterruptedException {
        List<String> differences = topics.differences();
        List<String> created = topics.create();
        for (Topic topic : topics.wanted()) {
            String did = created.contains(topic.name()) ? "created " : "exists ";
            out.println(did + topic.name());
        }
        differences.stream()
                .filter(line -> created.stream().noneMatch(name -> line.startsWith(name + " ")))
                .forEach(line -> err.println("warning: " + line));
        return 0;
    }
}
