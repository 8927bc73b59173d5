/** A failure that the operator can do something about; both lines are shown, nothing else. */
export class SetupError extends Error {
  readonly hint: string

  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SetupError'
    this.hint = hint
  }
}

/** What a command prints when it fails. */
export function describeFailure(error: unknown): string {
  if (error instanceof SetupError) return `${error.message}\n  What to do: ${error.hint}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
