package dev.ringback.rig;

import dev.ringback.dispatch.Main;
import dev.ringback.embedded.EmbeddedKafka;
import dev.ringback.runtime.Logs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** A broker, a service or a command as a process of its own, which ends when its maker does. */
public final class Child {
    private static final String BROKER = "broker";
    private static final String INGEST = "ingest";
    private static final String DLQ = "dlq";

    private Child() {}

    /** Runs a dispatcher, {@code ingest}, {@code broker FOLDER PORT}, or {@code dlq COMMAND …}. */
    public static void main(String[] arguments) {
        Thread.ofPlatform().name("parent").daemon().start(Child::endWithParent);
        if (arguments.length == 3 && arguments[0].equals(BROKER)) {
            broker(Path.of(arguments[1]), Integer.parseInt(arguments[2]));
        } else if (arguments.length == 1 && arguments[0].equals(INGEST)) {
            dev.ringback.ingest.Main.main(new String[0]);
        } else if (arguments.length > 0 && arguments[0].equals(DLQ)) {
            dev.ringback.dlq.Main.main(Arrays.copyOfRange(arguments, 1, arguments.length));
        } else {
            Main.main(arguments);
        }
    }

    static String ingest() {
        return INGEST;
    }

    static String[] broker(Path folder, String port) {
        return new String[] {BROKER, folder.toString(), port};
    }

    static String[] dlq(String... command) {
        return Stream.concat(Stream.of(DLQ), Arrays.stream(command)).toArray(String[]::new);
    }

    private static void broker(Path folder, int port) {
        Logs.configure("plain", "warn");
        EmbeddedKafka kafka = new EmbeddedKafka(folder, port);
        Runtime.getRuntime().addShutdownHook(new Thread(kafka::close, "stop"));
        kafka.start();
    }

    /** The parent keeps the other end of this open for as long as it lives. */
    private static void endWithParent() {
        try {
            // Nothing is ever said; only the end matters.
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            System.exit(1);
        }
        System.exit(0);
    }
}
