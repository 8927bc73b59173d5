/** The engine answered, and refused. `status` is its HTTP status, the message its own words. */
export class EngineError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'EngineError'
    this.status = status
  }
}

export const isNotFound = (error: unknown): boolean =>
  error instanceof EngineError && error.status === 404

export const isConflict = (error: unknown): boolean =>
  error instanceof EngineError && error.status === 409
