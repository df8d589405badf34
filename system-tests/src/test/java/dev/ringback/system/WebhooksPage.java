package dev.ringback.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What docs/webhooks.md shows, by its headings. */
final class WebhooksPage {
    private static final Path PAGE = Path.of("..", "docs", "webhooks.md");
    private static final Pattern HEADING = Pattern.compile("(?m)^##+ (.+)$");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```([a-z]+)\\n(.*?)^```$");

    private WebhooksPage() {}

    /** One section with the blocks of code under its heading. */
    record Section(String heading, List<Block> blocks) {
        /** The blocks in this language. */
        List<String> in(String language) {
            return blocks.stream()
                    .filter(block -> block.language().equals(language))
                    .map(Block::text)
                    .toList();
        }
    }

    /** A fenced block. */
    record Block(String language, String text) {}

    /** All sections, in order. */
    static List<Section> sections() throws IOException {
        String page = Files.readString(PAGE);
        List<Section> sections = new ArrayList<>();
        Matcher heading = HEADING.matcher(page);
        boolean found = heading.find();
        while (found) {
            String name = heading.group(1);
            int from = heading.end();
            found = heading.find();
            String text = page.substring(from, found ? heading.start() : page.length());
            sections.add(new Section(name, blocks(text)));
        }
        return sections;
    }

    private static List<Block> blocks(String text) {
        return BLOCK.matcher(text)
                .results()
                .map(block -> new Block(block.group(1), block.group(2)))
                .toList();
    }
}
