import { CodedError, type ErrorCode } from '@vastrox/shared/errors.ts'

/** Does some work until the caller has gone or the time is over, which is the code's failure. */
export async function withTimeLimit<Result>(
  timeoutMs: number,
  gone: AbortSignal | undefined,
  code: ErrorCode,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController()
  const timer = setTimeout(
    () =>
      over.abort(
        new CodedError(code, { reason: `It took longer than ${Math.round(timeoutMs / 1_000)} s.` }),
      ),
    timeoutMs,
  )
  try {
    return await work(gone === undefined ? over.signal : AbortSignal.any([gone, over.signal]))
  } finally {
    clearTimeout(timer)
  }
}
