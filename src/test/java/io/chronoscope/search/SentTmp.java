package io.chronoscope.search;

import io.chronoscope.search.sentence.*;
import java.util.*;

public class SentTmp {
  public static void main(String[] a) {
    var e = SentenceEncoder.open(1);
    String[] q = {
      "a red circle moves left",
      "a crimson disc drifts to the left",
      "a red circle moves right",
      "a blue circle moves left",
      "a dog barks",
      "the light goes off",
      "it gets dark",
      "circle",
      "purple"
    };
    String[] d = {
      "A red circle moves left.",
      "A purple square turns red.",
      "The light goes off.",
      "A white triangle moves right and stops.",
      "A green cross appears."
    };
    var dv = e.embed(List.of(d));
    for (String s : q) {
      var v = e.embed(s);
      StringBuilder b = new StringBuilder(String.format("%-40s", s));
      for (var x : dv) {
        double t = 0;
        for (int i = 0; i < 384; i++) t += v[i] * x[i];
        b.append(String.format(" %.2f", t));
      }
      System.out.println(b);
    }
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 512; i++)
      many.add("A person with a " + i + " bag walks past the door number " + (i * 7) + ".");
    for (int r = 0; r < 3; r++) {
      long c = ProcessHandle.current().info().totalCpuDuration().get().toMillis();
      long t = System.nanoTime();
      e.embed(many);
      System.out.println(
          (System.nanoTime() - t) / 512e6
              + " ms wall/text, cpu ms "
              + (ProcessHandle.current().info().totalCpuDuration().get().toMillis() - c) / 512.0);
    }
    long t = System.nanoTime();
    for (int i = 0; i < 200; i++) e.embed(many.get(i));
    System.out.println((System.nanoTime() - t) / 200e6 + " ms single");
  }
}
