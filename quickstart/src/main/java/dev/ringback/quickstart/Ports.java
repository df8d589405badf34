package dev.ringback.quickstart;

import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ports of an installation, held from before anything starts until each service opens its own.
 * A held port is bound but does not listen, so clients are refused and nobody else gets it.
 */
final class Ports implements AutoCloseable {
    private final Map<Setting<Integer>, Socket> held = new LinkedHashMap<>();
    private final Map<Setting<Integer>, Integer> numbers = new LinkedHashMap<>();

    private Ports() {}

    /**
     * Holds ports as the settings number them; any free one where they say 0.
     *
     * @throws Ringback.Refused naming the first that is taken and its setting
     */
    static Ports hold(Settings settings, List<Setting<Integer>> wanted) {
        Ports ports = new Ports();
        try {
            for (Setting<Integer> setting : wanted) {
                ports.hold(setting, settings);
            }
            return ports;
        } catch (RuntimeException e) {
            ports.close();
            throw e;
        }
    }

    /** Whether this one was among the wanted. */
    boolean holds(Setting<Integer> setting) {
        return numbers.containsKey(setting);
    }

    /** The number of a port. */
    int number(Setting<Integer> setting) {
        Integer number = numbers.get(setting);
        if (number == null) {
            throw new IllegalArgumentException(setting.name());
        }
        return number;
    }

    /** Lets go of a port, just before its service opens it. */
    void release(Setting<Integer> setting) {
        close(held.remove(setting));
    }

    /** Lets go of all. */
    @Override
    public void close() {
        held.values().forEach(Ports::close);
        held.clear();
    }

    /** The line for a port that somebody else listens on. */
    static String taken(int port, String remedy) {
        return "port " + port + " is taken: stop what listens there, or " + remedy;
    }

    private void hold(Setting<Integer> setting, Settings settings) {
        int wanted = settings.get(setting);
        numbers.forEach(
                (other, number) -> {
                    if (wanted != 0 && wanted == number) {
                        throw new Ringback.Refused(
                                other.name() + " and " + setting.name() + " are both " + number);
                    }
                });
        Socket socket = new Socket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host(setting, settings), wanted));
            held.put(setting, socket);
            numbers.put(setting, socket.getLocalPort());
        } catch (IOException e) {
            close(socket);
            throw new Ringback.Refused(taken(wanted, "set " + setting.name()));
        }
    }

    private static InetAddress host(Setting<Integer> setting, Settings settings) {
        try {
            return setting.equals(Setting.KAFKA_PORT)
                    ? InetAddress.getLoopbackAddress()
                    : InetAddress.getByName(settings.get(Setting.BIND_ADDRESS));
        } catch (UnknownHostException e) {
            throw new Ringback.Refused(
                    Setting.BIND_ADDRESS.name()
                            + ": there is no "
                            + settings.get(Setting.BIND_ADDRESS));
        }
    }

    private static void close(@Nullable Socket socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot let go of a port", e);
        }
    }
}
