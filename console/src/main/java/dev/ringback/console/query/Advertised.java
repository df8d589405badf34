package dev.ringback.console.query;

import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Where other instances of the console reach this one. */
final class Advertised {
    private static final String ANY = "0.0.0.0";

    private Advertised() {}

    /** What is set, or else the address it listens on, or this machine's own. */
    static String of(Settings settings, int port) {
        String said = settings.get(Setting.CONSOLE_ADVERTISED);
        if (!said.isEmpty()) {
            return said;
        }
        String bound = settings.get(Setting.BIND_ADDRESS);
        return (bound.equals(ANY) ? own() : bound) + ":" + port;
    }

    private static String own() {
        try {
            return InetAddress.getLocalHost().getHostAddress();
        } catch (UnknownHostException e) {
            throw new Settings.Invalid(
                    Setting.CONSOLE_ADVERTISED.name()
                            + " is not set, and this machine does not know its own address");
        }
    }
}
