// Command tick is a worker: scale it with `vastrox scale tick=1`.
package main

import (
	"context"
	"log/slog"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()
	ticks := time.Tick(10 * time.Second)
	for {
		select {
		case <-stop.Done():
			return
		case now := <-ticks:
			slog.Info("tick", "at", now.UTC().Format(time.RFC3339))
		}
	}
}
