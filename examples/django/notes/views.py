import os

from django.db import connection
from django.forms import ModelForm, TextInput
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from .models import Note

SHOWN = 20


class NoteForm(ModelForm):
    class Meta:
        model = Note
        fields = ["text"]
        widgets = {"text": TextInput(attrs={"autocomplete": "off"})}


@require_http_methods(["GET", "HEAD", "POST"])
def index(request):
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("index")
    context = {
        "form": form,
        "notes": Note.objects.all()[:SHOWN],
        "name": os.environ.get("VASTROX_APP", "notebook"),
        "release": os.environ.get("VASTROX_RELEASE", "not deployed yet"),
    }
    return render(request, "notes/index.html", context)


@require_safe
def health(_request):
    """Says that the database answers too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok", "release": os.environ.get("VASTROX_RELEASE")})
