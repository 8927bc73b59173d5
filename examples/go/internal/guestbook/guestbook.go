// Package guestbook keeps what visitors wrote, in memory, newest first.
package guestbook

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"time"
)

var ErrEmpty = errors.New("write a name and a text")

type Entry struct {
	Name string
	Text string
	At   time.Time
}

// Book holds at most max entries; the oldest makes room.
type Book struct {
	mu      sync.RWMutex
	max     int
	entries []Entry
}

func New(max int) *Book { return &Book{max: max} }

func (b *Book) Sign(name, text string) error {
	name, text = strings.TrimSpace(name), strings.TrimSpace(text)
	if name == "" || text == "" {
		return ErrEmpty
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.entries = slices.Insert(b.entries, 0, Entry{Name: name, Text: text, At: time.Now().UTC()})
	if len(b.entries) > b.max {
		b.entries = b.entries[:b.max]
	}
	return nil
}

func (b *Book) Latest() []Entry {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return slices.Clone(b.entries)
}
