module example.com/guestbook

go 1.24.0

require github.com/go-chi/chi/v5 v5.2.3
