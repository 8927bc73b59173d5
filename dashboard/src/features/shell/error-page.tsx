import { useQueryErrorResetBoundary } from '@tanstack/react-query'
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ApiError } from '#lib/api-error.ts'
import { isFileMissing, reloadAfterUpgrade } from '#lib/page-file-error.ts'
import { useTitle } from '#lib/use-title.ts'
import { ErrorNotice } from '#ui/notice.tsx'
import { NotFoundPage } from '#features/shell/not-found-page.tsx'
import { t } from '#lib/words.ts'

const RETRY_MS = 5_000

/**
 * In place of a page that could not be read. When nobody answered it tries again by itself; after an upgrade,
 * which gives the pages' files other names, the dashboard is loaded anew.
 */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const { reset: resetQueries } = useQueryErrorResetBoundary()
  useTitle(t('Something went wrong'))

  const retry = () => {
    resetQueries()
    reset()
    void router.invalidate()
  }
  const isMissing = isFileMissing(error)
  const isPassing = isMissing || (error instanceof ApiError && error.status === 0)

  useEffect(() => {
    if (isMissing) void reloadAfterUpgrade()
  }, [isMissing])

  useEffect(() => {
    if (!isPassing) return undefined
    const timer = setTimeout(retry, RETRY_MS)
    return () => clearTimeout(timer)
  })

  if (error instanceof ApiError && error.status === 404) {
    return <NotFoundPage message={error.message} />
  }
  return (
    <div className="mx-auto w-full max-w-2xl px-4 py-16">
      <ErrorNotice error={error} onRetry={retry} />
    </div>
  )
}
