import { useRef, useState } from 'react'
import { z } from 'zod'
import type { DroppedFile } from '#features/uploads/dropped-files.ts'
import { below } from '#features/uploads/paths.ts'
import { archivePath, contentPath, useRefreshUploads } from '#features/uploads/queries.ts'
import { sendBody } from '#lib/send-body.ts'
import { toast } from '#ui/toast.tsx'

export interface Sending {
  name: string
  /** Which of how many. */
  at: number
  of: number
  /** Of this file, from 0 to 1. */
  share: number
}

const anything = z.unknown()

/** Sends files one after the other, or an archive; one such act at a time. */
export function useSending(app: string) {
  const [sending, setSending] = useState<Sending>()
  const stopping = useRef<AbortController>(undefined)
  const refresh = useRefreshUploads(app)

  async function during(work: (signal: AbortSignal) => Promise<string>): Promise<void> {
    if (stopping.current) return
    const controller = new AbortController()
    stopping.current = controller
    try {
      toast.good(await work(controller.signal))
    } catch (error) {
      if (!controller.signal.aborted) toast.error(error)
    } finally {
      stopping.current = undefined
      setSending(undefined)
      await refresh()
    }
  }

  return {
    sending,
    stop: () => stopping.current?.abort(new Error('stopped')),

    sendFiles: (folder: string, files: readonly DroppedFile[]) =>
      during(async (signal) => {
        for (const [at, { path, file }] of files.entries()) {
          const state = { name: path, at: at + 1, of: files.length }
          setSending({ ...state, share: 0 })
          await sendBody(contentPath(app, below(folder, path)), file, {
            schema: anything,
            signal,
            onProgress: (share) => setSending({ ...state, share }),
          })
        }
        return files.length === 1 ? 'The file is uploaded.' : `${files.length} files are uploaded.`
      }),

    sendArchive: (file: File) =>
      during(async (signal) => {
        const state = { name: file.name, at: 1, of: 1 }
        setSending({ ...state, share: 0 })
        await sendBody(archivePath(app, true), file, {
          schema: anything,
          signal,
          onProgress: (share) => setSending({ ...state, share }),
        })
        return `${file.name} is unpacked and being deployed.`
      }),
  }
}
