from django.test import TestCase

from .models import Note


class NotesTest(TestCase):
    def test_a_note_is_kept_and_shown_as_text(self):
        answer = self.client.post("/", {"text": "<b>milk</b>"}, follow=True)

        self.assertEqual(Note.objects.get().text, "<b>milk</b>")
        self.assertContains(answer, "&lt;b&gt;milk&lt;/b&gt;")

    def test_an_empty_note_is_refused_and_leaves_nothing(self):
        answer = self.client.post("/", {"text": "  "})

        self.assertContains(answer, "This field is required.")
        self.assertFalse(Note.objects.exists())

    def test_the_health_check_asks_the_database(self):
        self.assertEqual(self.client.get("/health").json()["status"], "ok")
