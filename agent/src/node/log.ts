/** One notable event as one line of JSON on stdout; the supervisor or journald keeps it. Never holds a secret. */
export function log(event: string, fields: Record<string, unknown> = {}): void {
  process.stdout.write(
    `${JSON.stringify({ at: new Date().toISOString(), process: 'agent', event, ...fields })}\n`,
  )
}
