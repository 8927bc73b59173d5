import { useRef, useState } from 'react'
import type { DroppedFile } from '#features/uploads/dropped-files.ts'
import { useRefreshUploads } from '#features/uploads/queries.ts'
import { type Sending, sendArchive, sendFiles } from '#features/uploads/send-files.ts'
import { ApiError } from '#lib/api-error.ts'
import { t, tn } from '#lib/words.ts'
import { toast } from '#ui/toast.tsx'

const underWay = (): ApiError =>
  new ApiError({
    code: 'UPLOAD_UNDER_WAY',
    message: t('Another upload is under way.'),
    hint: t('Wait until it is done, or stop it.'),
    status: 0,
  })

/** Sends files or an archive; one such act at a time. */
export function useSending(app: string) {
  const [sending, setSending] = useState<Sending>()
  const stopping = useRef<AbortController>(undefined)
  const refresh = useRefreshUploads(app)

  async function during(work: (signal: AbortSignal) => Promise<string>): Promise<void> {
    if (stopping.current) {
      toast.error(underWay())
      return
    }
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
        await sendFiles(app, folder, files, { signal, onProgress: setSending })
        return tn(files.length, 'The file is uploaded.', '{count} files are uploaded.')
      }),

    sendArchive: (file: File) =>
      during(async (signal) => {
        await sendArchive(app, file, { signal, onProgress: setSending })
        return t('{name} is unpacked and being deployed.', { name: file.name })
      }),
  }
}
