import { queryOptions } from '@tanstack/react-query'
import { MAX_EDITED_BYTES, TreeDifference } from '@vastrox/shared/upload.ts'
import { ApiError } from '#lib/api-error.ts'
import { api } from '#lib/api.ts'
import { t } from '#lib/words.ts'

/** A file as the editor has it. */
export interface TextFile {
  text: string
  /** What the server has to have for a save to be one; null for what can only be looked at. */
  etag: string | null
}

const sources = (app: string): string => `/apps/${app}/sources/files`
const queryOf = (path: string): string => `?path=${encodeURIComponent(path)}`

/** The text as it is, byte by byte; undefined for what is no text. */
export function textOf(bytes: ArrayBuffer): string | undefined {
  try {
    // A mark at the beginning is part of the file: it goes back as it came.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}

const refused = (code: string, message: string, hint: string): ApiError =>
  new ApiError({ code, message, hint, status: 0 })

async function read(address: string, signal: AbortSignal | undefined): Promise<TextFile> {
  const reply = await api.raw('GET', address, undefined, { signal })
  const etag = reply.headers.get('etag')
  if (Number(reply.headers.get('content-length') ?? '0') > MAX_EDITED_BYTES) {
    await reply.body?.cancel()
    throw refused(
      'FILE_TOO_LARGE',
      t('This file is too large to be edited here.'),
      t('Up to 1 MB can be. Download it, and upload what you make of it.'),
    )
  }
  const text = textOf(await reply.arrayBuffer())
  if (text === undefined)
    throw refused(
      'FILE_NOT_TEXT',
      t('This is not a text file.'),
      t('Pictures, fonts, archives and the like are downloaded, and uploaded again.'),
    )
  return { text, etag }
}

export const readTextFile = (app: string, path: string, signal?: AbortSignal): Promise<TextFile> =>
  read(`${sources(app)}/content${queryOf(path)}`, signal)

/** Read once: what somebody types into is not replaced below their hands. */
export const textFileQuery = (app: string, path: string) =>
  queryOptions({
    queryKey: ['text-file', app, path],
    queryFn: ({ signal }) => readTextFile(app, path, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  })

/** A file of the code of a release; an empty text where it is not in there. */
export async function readReleasedFile(
  app: string,
  release: number | null,
  path: string,
  signal?: AbortSignal,
): Promise<string> {
  if (release === null) return ''
  const address = `/apps/${app}/releases/${release}/source-file${queryOf(path)}`
  return read(address, signal).then(
    ({ text }) => text,
    (error: unknown) => {
      if (error instanceof ApiError && error.code === 'RELEASE_FILE_NOT_FOUND') return ''
      throw error
    },
  )
}

/** The same file in the release that is live. */
export const publishedFileQuery = (app: string, path: string) =>
  queryOptions({
    queryKey: ['text-file', app, path, 'published'],
    queryFn: async ({ signal }) => {
      const { release } = await api.get(`/apps/${app}/sources/difference`, TreeDifference, {
        signal,
      })
      return readReleasedFile(app, release, path, signal)
    },
    gcTime: 0,
    retry: false,
  })

/** Saved where the file is still the one with that ETag; resolves with the one that it has now. */
export async function saveTextFile(
  app: string,
  path: string,
  { text, etag }: TextFile,
): Promise<string | null> {
  const reply = await api.raw('PUT', `${sources(app)}/content${queryOf(path)}`, new Blob([text]), {
    ...(etag !== null && { headers: { 'if-match': etag } }),
  })
  return reply.headers.get('etag')
}

/** An empty file, where there is nothing of that name. */
export const makeTextFile = (app: string, path: string): Promise<Response> =>
  api.raw('PUT', `${sources(app)}/content${queryOf(path)}`, new Blob([]), {
    headers: { 'if-none-match': '*' },
  })
