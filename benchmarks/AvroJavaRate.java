import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

/**
 * How many pairs of Avro schemas Avro Java decides in a second, from their texts; `avro_compatibility.py` runs it.
 *
 * <p>Arguments: a file with a pair in two lines, the reader's and the writer's text; how many rounds to warm up; how
 * many to measure. Prints the numbers of the pairs that Avro Java parses, then the CPU nanoseconds of each round over
 * those, in the thread that decides: compiling and collecting garbage are other threads' work.
 */
final class AvroJavaRate {
    private static int kept;

    public static void main(String[] arguments) throws IOException {
        List<String> texts = Files.readAllLines(Path.of(arguments[0]));
        List<String> parsed = new ArrayList<>();
        StringBuilder numbers = new StringBuilder();
        for (int at = 0; at < texts.size(); at += 2) {
            try {
                decide(texts.get(at), texts.get(at + 1));
            } catch (AvroRuntimeException refused) {
                continue;
            }
            parsed.add(texts.get(at));
            parsed.add(texts.get(at + 1));
            numbers.append(at / 2).append(' ');
        }
        System.out.println(numbers);
        for (int round = Integer.parseInt(arguments[1]); round > 0; round--) {
            decideAll(parsed);
        }
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        for (int round = Integer.parseInt(arguments[2]); round > 0; round--) {
            long start = clock.getCurrentThreadCpuTime();
            decideAll(parsed);
            System.out.println(clock.getCurrentThreadCpuTime() - start);
        }
        System.err.println(kept); // so that no answer is optimised away
    }

    private static void decideAll(List<String> texts) {
        for (int at = 0; at < texts.size(); at += 2) {
            decide(texts.get(at), texts.get(at + 1));
        }
    }

    private static void decide(String reader, String writer) {
        Schema ours = new Schema.Parser().parse(reader);
        Schema theirs = new Schema.Parser().parse(writer);
        kept += SchemaCompatibility.checkReaderWriterCompatibility(ours, theirs).getType().ordinal();
    }
}
