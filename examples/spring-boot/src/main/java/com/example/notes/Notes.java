package com.example.notes;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.springframework.stereotype.Component;

/** Keeps the newest notes in memory: a restart forgets them. */
@Component
public class Notes {
  static final int MAX = 50;

  private final Deque<Note> notes = new ArrayDeque<>();
  private final Clock clock = Clock.systemUTC();

  public synchronized void add(String text) {
    notes.addFirst(new Note(text.strip(), clock.instant()));
    if (notes.size() > MAX) notes.removeLast();
  }

  public synchronized List<Note> latest() {
    return List.copyOf(notes);
  }
}
