package dev.ringback.ingest;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IngestServiceTest {
    private static final String KEYS = "a=*@*:k";
    private static final String MASTER = SecretBox.newKey("m", new SecureRandom());

    @Test
    void construct_withoutKeys_isRefused() {
        assertThatThrownBy(() -> service(Map.of(Setting.MASTER_KEY.name(), MASTER)))
                .isInstanceOf(Settings.Invalid.class)
                .hasMessageStartingWith("RINGBACK_API_KEYS is not set");
        assertThatThrownBy(
                        () ->
                                service(
                                        Map.of(
                                                Setting.MASTER_KEY.name(),
                                                MASTER,
                                                Setting.API_KEYS.name(),
                                                " ; ")))
                .isInstanceOf(Settings.Invalid.class)
                .hasMessageStartingWith("RINGBACK_API_KEYS has no key");
    }

    @Test
    void construct_withoutMasterKey_isRefused() {
        assertThatThrownBy(() -> service(Map.of(Setting.API_KEYS.name(), KEYS)))
                .isInstanceOf(Settings.Invalid.class)
                .hasMessageStartingWith("RINGBACK_MASTER_KEY is not set")
                .message()
                .doesNotContain("\n");
    }

    private static IngestService service(Map<String, String> environment) {
        return new IngestService(Settings.load(environment), Clock.systemUTC());
    }
}
