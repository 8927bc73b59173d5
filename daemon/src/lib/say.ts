/** One line of JSON about something notable; the supervisor keeps what processes print. */
export function say(event: string, details: Record<string, unknown> = {}): void {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), event, ...details })}\n`)
}
