import { afterEach, expect, it, vi } from 'vitest'
import { sendFiles } from './send-files.ts'

afterEach(() => void vi.unstubAllGlobals())

const nothing = (): void => undefined

/** A browser's requests, each answered with what is said for its address; without a status never. */
function stubRequests(statusOf: (url: string) => number | undefined) {
  const seen: { sent: string[]; stopped: string[] } = { sent: [], stopped: [] }
  function makeRequest() {
    const told = new Map<string, () => void>()
    let url = ''
    const request = {
      upload: { addEventListener: nothing },
      status: 0,
      responseText: '',
      open: (_method: string, address: string): void => {
        url = address
      },
      setRequestHeader: nothing,
      addEventListener: (type: string, tell: () => void): void => void told.set(type, tell),
      send: (): void => {
        seen.sent.push(url)
        const status = statusOf(url)
        if (status === undefined) return
        request.status = status
        queueMicrotask(() => told.get('load')?.())
      },
      abort: (): void => {
        // One that is over is not stopped.
        if (request.status !== 0) return
        seen.stopped.push(url)
        told.get('abort')?.()
      },
    }
    return request
  }
  // Called by `new`, it gives what it returns.
  vi.stubGlobal(
    'XMLHttpRequest',
    vi.fn(function () {
      return makeRequest()
    }),
  )
  return seen
}
const files = Array.from({ length: 10 }, (_, at) => ({
  path: `f${at}`,
  file: new File(['x'], `f${at}`),
}))
const options = () => ({ signal: new AbortController().signal, onProgress: nothing })

it('sends every file, each once', async () => {
  const { sent } = stubRequests(() => 204)

  await sendFiles('shop', '/', files, options())

  expect(sent).toHaveLength(10)
  expect(new Set(sent).size).toBe(10)
})

it('stops the others where one fails, and begins no more of them', async () => {
  const { sent, stopped } = stubRequests((url) => (url.endsWith('f1') ? 500 : undefined))

  await expect(sendFiles('shop', '/', files, options())).rejects.toMatchObject({ status: 500 })

  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(sent).toHaveLength(4)
  expect(stopped).toHaveLength(3)
})
