import { ErrorReply } from '@vastrox/shared/page.ts'
import { isFileMissing } from '#lib/page-file-error.ts'
import { t } from '#lib/words.ts'

interface Details {
  code: string
  message: string
  hint?: string | undefined
  status: number
  details?: Record<string, unknown>
}

/** A request that failed, in words for people: what happened, and what to do about it. */
export class ApiError extends Error {
  readonly code: string
  readonly hint: string | undefined
  /** The HTTP status; 0 when no answer came. */
  readonly status: number
  readonly details: Record<string, unknown>

  constructor({ code, message, hint, status, details = {} }: Details, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ApiError'
    this.code = code
    this.hint = hint
    this.status = status
    this.details = details
  }
}

export const unreachable = (cause: unknown): ApiError =>
  new ApiError(
    {
      code: 'UNREACHABLE',
      message: t('Vastrox does not answer.'),
      hint: t(
        'Your apps keep running without it. The dashboard goes on by itself when it is back.',
      ),
      status: 0,
    },
    { cause },
  )

export const unexpectedReply = (status: number, cause?: unknown): ApiError =>
  new ApiError(
    {
      code: 'REPLY_UNEXPECTED',
      message: t('The answer was not what this dashboard expects.'),
      hint: t('Reload the page: Vastrox may have been upgraded since it was opened.'),
      status,
    },
    { cause },
  )

/** Reads the body of a failed reply; anything that is not ours still gets a message. */
export async function errorFrom(response: Response): Promise<ApiError> {
  const parsed = ErrorReply.safeParse(await response.json().catch(() => undefined))
  if (!parsed.success) {
    return response.status >= 502 ? unreachable(response.status) : unexpectedReply(response.status)
  }
  const { details, ...error } = parsed.data.error
  const reason = details['reason']
  const message = typeof reason === 'string' ? reason : error.message
  return new ApiError({ ...error, message, details, status: response.status })
}

/** What to show for anything that was caught. */
export function describeError(error: unknown): { message: string; hint: string | undefined } {
  if (error instanceof ApiError) return { message: error.message, hint: error.hint }
  if (error instanceof Error && error.name === 'PasskeyError')
    return { message: error.message, hint: undefined }
  if (isFileMissing(error)) {
    return {
      message: t('This part of the dashboard could not be loaded.'),
      hint: t('Reload the page: Vastrox may have been upgraded since it was opened.'),
    }
  }
  return { message: t('Something went wrong in the dashboard.'), hint: t('Reload the page.') }
}
