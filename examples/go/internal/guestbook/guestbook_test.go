package guestbook

import "testing"

func TestTheOldestMakesRoom(t *testing.T) {
	book := New(2)
	for _, name := range []string{"Ada", "Grace", "Barbara"} {
		if err := book.Sign(name, "hello"); err != nil {
			t.Fatal(err)
		}
	}

	got := book.Latest()
	if len(got) != 2 || got[0].Name != "Barbara" || got[1].Name != "Grace" {
		t.Errorf("got %v", got)
	}
}

func TestNothingIsNoEntry(t *testing.T) {
	book := New(2)
	if err := book.Sign(" ", "hello"); err != ErrEmpty {
		t.Errorf("got %v", err)
	}
	if len(book.Latest()) != 0 {
		t.Error("it was kept")
	}
}
