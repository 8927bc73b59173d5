/** The file of a page did not arrive: nobody answered, or an upgrade gave it another name. */
export class PageFileError extends Error {
  override readonly name = 'PageFileError'
}

/** Of a page, or of a part of one that is loaded later. */
export const isFileMissing = (error: unknown): boolean =>
  error instanceof PageFileError || /dynamically imported module|preload/i.test(String(error))

const RELOADED_AT = 'vastrox-reloaded-at'
const REST_MS = 60_000

/**
 * Loads the whole dashboard anew where the server is there and so a file of before is not: once a minute at
 * most, so that what is missing for good is said instead.
 */
export async function reloadAfterUpgrade(): Promise<void> {
  const before = Number(sessionStorage.getItem(RELOADED_AT) ?? 0)
  if (Date.now() - before < REST_MS) return
  const isThere = await fetch('/', { method: 'HEAD', cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  )
  if (!isThere) return
  sessionStorage.setItem(RELOADED_AT, String(Date.now()))
  window.location.reload()
}
