import { useQueryClient } from '@tanstack/react-query'
import { Restore } from '@vastrox/shared/backup.ts'
import { useRef, useState } from 'react'
import { sendBody } from '#lib/send-body.ts'

interface Sending {
  name: string
  /** From 0 to 1. */
  share: number
}

/** Sends a dump into an add-on, one at a time; what becomes of it is a restore. */
export function useImporting(addon: string) {
  const client = useQueryClient()
  const [sending, setSending] = useState<Sending>()
  const [error, setError] = useState<Error | null>(null)
  const stopping = useRef<AbortController>(undefined)

  async function send(file: File): Promise<Restore | undefined> {
    if (stopping.current) return undefined
    const controller = new AbortController()
    stopping.current = controller
    setError(null)
    setSending({ name: file.name, share: 0 })
    try {
      return await sendBody(importPath(addon, file.name), file, {
        schema: Restore,
        signal: controller.signal,
        onProgress: (share) => setSending({ name: file.name, share }),
      })
    } catch (caught) {
      if (!controller.signal.aborted)
        setError(caught instanceof Error ? caught : new Error(String(caught)))
      return undefined
    } finally {
      stopping.current = undefined
      setSending(undefined)
      void client.invalidateQueries({ queryKey: ['restores'] })
    }
  }
  return { sending, error, send, stop: () => stopping.current?.abort(new Error('stopped')) }
}

const importPath = (addon: string, file: string): string =>
  `/addons/${addon}/import?name=${encodeURIComponent(file)}&confirm=${encodeURIComponent(addon)}`
