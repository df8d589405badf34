package dev.ringback.dlq.terminal;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows under headings, no wider than the terminal: where there is no room, the cells of soft
 * columns are cut, and then spare columns are left out, the last first. What somebody may want to
 * copy, such as an id, is whole or not there.
 */
public final class Table {
    private static final int LEAST_SOFT_WIDTH = 8;
    private static final int MOST_CELL_WIDTH = 250;
    private static final String CUT = "…";

    private final Column[] columns;
    private final List<String[]> rows = new ArrayList<>();

    /** What happens to a column where there is no room. */
    private enum Room {
        whole,
        soft,
        spare
    }

    /** One column. */
    public record Column(String heading, Room room, boolean right) {
        /** A column whose cells are always whole. */
        public static Column whole(String heading) {
            return new Column(heading, Room.whole, false);
        }

        /** A column whose cells are cut where there is no room. */
        public static Column soft(String heading) {
            return new Column(heading, Room.soft, false);
        }

        /** A column that is left out where there is no room. */
        public static Column spare(String heading) {
            return new Column(heading, Room.spare, false);
        }

        /** A column of numbers, always whole, that end below each other. */
        public static Column number(String heading) {
            return new Column(heading, Room.whole, true);
        }
    }

    /** Has these columns. */
    public Table(Column... columns) {
        this.columns = columns.clone();
    }

    /** Adds a row with a cell for each column. */
    public void row(String... cells) {
        rows.add(Arrays.stream(cells).map(Table::oneLine).toArray(String[]::new));
    }

    /** Prints all rows, until nobody reads any more. */
    public void print(Terminal terminal) {
        int[] widths = widths(terminal.columns());
        PrintStream out = terminal.out();
        out.println(line(headings(), widths));
        for (String[] row : rows) {
            out.println(line(row, widths));
            if (out.checkError()) {
                return;
            }
        }
    }

    private String[] headings() {
        return Arrays.stream(columns).map(Column::heading).toArray(String[]::new);
    }

    /** The width of each column; none where it is left out. */
    private int[] widths(int room) {
        int[] widths = Arrays.stream(columns).mapToInt(c -> c.heading().length()).toArray();
        for (String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        while (total(widths) > room) {
            int widest = widest(widths, Room.soft);
            if (widest >= 0 && widths[widest] > LEAST_SOFT_WIDTH) {
                widths[widest]--;
            } else if (!leaveOneOut(widths)) {
                break;
            }
        }
        return widths;
    }

    private static int total(int[] widths) {
        return Arrays.stream(widths).filter(width -> width > 0).map(width -> width + 1).sum() - 1;
    }

    private int widest(int[] widths, Room room) {
        int widest = -1;
        for (int i = 0; i < widths.length; i++) {
            if (columns[i].room() == room && (widest < 0 || widths[i] > widths[widest])) {
                widest = i;
            }
        }
        return widest;
    }

    private boolean leaveOneOut(int[] widths) {
        for (int i = widths.length - 1; i >= 0; i--) {
            if (columns[i].room() == Room.spare && widths[i] > 0) {
                widths[i] = 0;
                return true;
            }
        }
        return false;
    }

    private String line(String[] cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            if (widths[i] > 0) {
                String cell = cut(cells[i], widths[i]);
                String space = " ".repeat(widths[i] - cell.length());
                line.append(columns[i].right() ? space + cell : cell + space).append(' ');
            }
        }
        return line.toString().stripTrailing();
    }

    private static String cut(String cell, int width) {
        return cell.length() <= width ? cell : cell.substring(0, width - 1) + CUT;
    }

    private static String oneLine(String cell) {
        return cut(Terminal.printable(cell).replaceAll("[\\n\\t]", " "), MOST_CELL_WIDTH);
    }
}
