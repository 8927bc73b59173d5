import { useQueryClient } from '@tanstack/react-query'
import { Restore } from '@vastrox/shared/backup.ts'
import { useRef, useState } from 'react'
import { ApiError } from '#lib/api-error.ts'
import { api } from '#lib/api.ts'
import { ignored } from '#lib/list-of.ts'
import { sendBody } from '#lib/send-body.ts'

interface Sending {
  name: string
  /** From 0 to 1. */
  share: number
}

/** What takes it in: `/addons/shop-db/import`, and the name that is typed. */
export interface ImportTarget {
  path: string
  name: string
}

/** Sends a dump or a tar, one at a time; what becomes of it is a restore. */
export function useImporting({ path, name }: ImportTarget) {
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
      const query = `?name=${encodeURIComponent(file.name)}`
      await askFirst(path + query)
      return await sendBody(`${path}${query}&confirm=${encodeURIComponent(name)}`, file, {
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

/**
 * Whether somebody may is asked with nothing in hand: a dump of gigabytes would be sent before the
 * answer that who sits there has to show it. Without the name it is refused for that at the least.
 */
const askFirst = (path: string): Promise<unknown> =>
  api.put(path, ignored, {}).catch((error: unknown) => {
    const isAsked = error instanceof ApiError && WITHOUT_NAME.includes(error.code)
    if (!isAsked) throw error
  })
const WITHOUT_NAME = ['CONFIRMATION_WRONG', 'IMPORT_REFUSED']
