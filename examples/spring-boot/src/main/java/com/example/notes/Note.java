package com.example.notes;

import java.time.Instant;

public record Note(String text, Instant at) {}
