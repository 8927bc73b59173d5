// Command web is a guest book: a page, a form, and a health check.
package main

import (
	"context"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"example.com/guestbook/internal/guestbook"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

const maxBody = 16 << 10

func main() {
	if err := run(); err != nil {
		slog.Error("stopped", "error", err)
		os.Exit(1)
	}
}

func run() error {
	page, err := template.ParseFiles("templates/index.html")
	if err != nil {
		return err
	}
	server := &http.Server{
		Addr:              ":" + env("PORT", "3000"),
		Handler:           routes(page, guestbook.New(100)),
		ReadHeaderTimeout: 10 * time.Second,
	}

	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer cancel()
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	slog.Info("listening", "address", server.Addr)

	select {
	case err := <-failed:
		return err
	case <-stop.Done():
	}
	// Requests that are under way are finished.
	deadline, done := context.WithTimeout(context.Background(), 10*time.Second)
	defer done()
	if err := server.Shutdown(deadline); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func routes(page *template.Template, book *guestbook.Book) http.Handler {
	router := chi.NewRouter()
	router.Use(middleware.Recoverer, middleware.RequestSize(maxBody))

	router.Get("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		data := map[string]any{
			"Entries": book.Latest(),
			"Go":      runtime.Version(),
			"Release": env("VASTROX_RELEASE", "local"),
		}
		if err := page.Execute(w, data); err != nil {
			slog.Error("page", "error", err)
		}
	})
	router.Post("/", func(w http.ResponseWriter, r *http.Request) {
		if err := book.Sign(r.PostFormValue("name"), r.PostFormValue("text")); err != nil {
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
			return
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	router.Get("/health", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("ok\n"))
	})
	router.Handle("/static/*", http.StripPrefix("/static/", http.FileServer(http.Dir("static"))))
	return router
}

func env(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}
