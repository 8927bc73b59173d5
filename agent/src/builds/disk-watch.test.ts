import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { endedForDisk, watchDisks, withinDisks } from '#agent/builds/disk-watch.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const diskWith = (availableBytes: number) => ({
  holds: 'images' as const,
  bytes: 40e9,
  availableBytes,
  floorBytes: 4e9,
  inodes: 0,
  availableInodes: 0,
  floorInodes: 0,
})

it('tells once when a build takes the half of what must stay free (section 7, disk floors)', async () => {
  const found: number[] = []
  let free = 4e9
  let isAway = false
  const stop = watchDisks(
    async () => {
      if (isAway) throw new Error('away')
      return [diskWith(free)]
    },
    ({ availableBytes }) => found.push(availableBytes),
  )

  await vi.advanceTimersByTimeAsync(1_000)
  free = 2.1e9
  await vi.advanceTimersByTimeAsync(1_000)
  isAway = true
  free = 1.9e9
  await vi.advanceTimersByTimeAsync(1_000)
  expect(found).toEqual([])
  isAway = false
  await vi.advanceTimersByTimeAsync(1_000)
  free = 1e9
  await vi.advanceTimersByTimeAsync(1_000)
  stop()

  expect(found).toEqual([1.9e9])
})

it('looks no more once it is stopped', async () => {
  const found: number[] = []
  const stop = watchDisks(
    async () => [diskWith(0)],
    ({ availableBytes }) => found.push(availableBytes),
  )

  stop()
  await vi.advanceTimersByTimeAsync(2_000)

  expect(found).toEqual([])
})

it('says it in one line', () => {
  expect(endedForDisk(diskWith(1.9e9), 'the build').details['reason']).toBe(
    '1.9 GB are free on the disk of the images of the server, and 4.0 GB must stay free for what runs: the build was ended, and others are refused until there is more.',
  )
})

it('ends work by its signal, and leaves what went wrong otherwise as it was', async () => {
  let free = 1e9
  const diskFloor = { reader: async () => async () => [diskWith(free)] }
  const never = new AbortController().signal
  const untilEnded = (signal: AbortSignal): Promise<void> => {
    const { promise, reject } = Promise.withResolvers<void>()
    signal.addEventListener('abort', () => reject(signal.reason))
    return promise
  }

  const failure = withinDisks(diskFloor, 'the image', never, untilEnded).catch(
    (error: unknown) => error,
  )
  await vi.advanceTimersByTimeAsync(300)
  expect(await failure).toMatchObject({
    code: 'DISK_LOW',
    details: { reason: expect.stringContaining('the image was ended, and others are refused') },
  })

  free = 10e9
  await expect(withinDisks(diskFloor, 'it', never, async () => 'done')).resolves.toBe('done')
  await expect(
    withinDisks(diskFloor, 'it', never, () => Promise.reject(new Error('broken'))),
  ).rejects.toThrow('broken')
})
