package com.example.notes;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

@Controller
public class NotesController {
  private static final int MAX_LENGTH = 500;

  private final Notes notes;
  private final String release;

  public NotesController(Notes notes, @Value("${VASTROX_RELEASE:local}") String release) {
    this.notes = notes;
    this.release = release;
  }

  @GetMapping("/")
  public String page(Model model) {
    model.addAttribute("notes", notes.latest());
    model.addAttribute("java", Runtime.version().toString());
    model.addAttribute("release", release);
    return "notes";
  }

  @PostMapping("/")
  public String add(@RequestParam String text) {
    if (!text.isBlank() && text.length() <= MAX_LENGTH) notes.add(text);
    return "redirect:/";
  }
}
