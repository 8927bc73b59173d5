from django.db import models


class Note(models.Model):
    text = models.CharField(max_length=280)
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-written_at", "-id"]

    def __str__(self):
        return self.text
