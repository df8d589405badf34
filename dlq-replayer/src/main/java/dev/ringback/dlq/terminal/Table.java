package dev.ringback.dlq.terminal;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows under headings, no wider than a terminal: the widest cells of soft columns are cut. */
public final class Table {
    private static final int WIDTH = 80;
    private static final int LEAST_SOFT_WIDTH = 8;
    private static final String CUT = "…";

    private final Column[] columns;
    private final List<String[]> rows = new ArrayList<>();

    /**
     * One column.
     *
     * @param soft whether its cells may be cut
     */
    public record Column(String heading, boolean soft) {
        /** A column whose cells are always whole. */
        public static Column whole(String heading) {
            return new Column(heading, false);
        }

        /** A column whose cells are cut where there is no room. */
        public static Column soft(String heading) {
            return new Column(heading, true);
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
    public void print(PrintStream out) {
        int[] widths = widths();
        out.println(
                line(Arrays.stream(columns).map(Column::heading).toArray(String[]::new), widths));
        for (String[] row : rows) {
            out.println(line(row, widths));
            if (out.checkError()) {
                return;
            }
        }
    }

    private int[] widths() {
        int[] widths = Arrays.stream(columns).mapToInt(c -> c.heading().length()).toArray();
        for (String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        while (Arrays.stream(widths).sum() + widths.length - 1 > WIDTH) {
            int widest = widestSoft(widths);
            if (widths[widest] <= LEAST_SOFT_WIDTH) {
                break;
            }
            widths[widest]--;
        }
        return widths;
    }

    private int widestSoft(int[] widths) {
        int widest = 0;
        int most = -1;
        for (int i = 0; i < widths.length; i++) {
            if (columns[i].soft() && widths[i] > most) {
                widest = i;
                most = widths[i];
            }
        }
        return most < 0 ? 0 : widest;
    }

    private static String line(String[] cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            String cell = cut(cells[i], widths[i]);
            line.append(cell).append(" ".repeat(widths[i] - cell.length() + 1));
        }
        return line.toString().stripTrailing();
    }

    private static String cut(String cell, int width) {
        return cell.length() <= width ? cell : cell.substring(0, width - 1) + CUT;
    }

    private static String oneLine(String cell) {
        return Terminal.printable(cell).replaceAll("[\\n\\t]", " ");
    }
}
