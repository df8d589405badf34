package dev.ringback.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeysTest {
    private static final String HASHED =
            "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
    private static final ApiKeys KEYS =
            ApiKeys.parse(
                    "all=*@*:k:e@y=1; acme=events:write,read@acc_1,acc_2:second;hashed=read@acc_3:"
                            + HASHED);

    @Test
    void caller_knownKey_hasItsScopesAndAccounts() {
        ApiKeys.Caller all = KEYS.caller("Bearer k:e@y=1");
        assertThat(all.may("replay") && all.sees("any")).isTrue();
        ApiKeys.Caller acme = KEYS.caller("bearer second");
        assertThat(acme.may("events:write") && acme.may("read")).isTrue();
        assertThat(acme.may("replay") || acme.sees("acc_3")).isFalse();
        assertThat(KEYS.caller("Bearer secret").name()).isEqualTo("hashed");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "Bearer", "Bearer ", "Bearer unknown", "Basic c2Vjb25k", "second"})
    void caller_otherwise_is401(String authorization) {
        assertThatThrownBy(() -> KEYS.caller(authorization))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> {
                            assertThat(problem.status()).isEqualTo(401);
                            assertThat(problem.headers()).containsKey("WWW-Authenticate");
                        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"hush", "a=*:hush", "a=*@:hush", "=*@*:hush", "a=write@*:hush", "a=*@*:"})
    void parse_malformed_namesTheEntryAndNotTheKey(String text) {
        assertThatThrownBy(() -> ApiKeys.parse("ok=*@*:k;" + text))
                .isInstanceOf(Settings.Invalid.class)
                .hasMessageContaining("entry 2")
                .hasMessageNotContaining("hush");
    }
}
