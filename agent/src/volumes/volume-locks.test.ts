import { describe, expect, it } from 'vitest'
import { createVolumeLocks } from '#agent/volumes/volume-locks.ts'

const coded = (code: string) => expect.objectContaining({ code })

describe('a volume in hand (rules K2, K3)', () => {
  it('is for many starts at once, and not removed meanwhile', async () => {
    const locks = createVolumeLocks()
    const { promise, resolve } = Promise.withResolvers<void>()
    const starts = [locks.use(['a', 'b'], () => promise), locks.use(['a'], () => promise)]

    await expect(locks.remove('a', async () => {})).rejects.toThrow(coded('VOLUME_IN_USE'))
    resolve()
    await Promise.all(starts)

    await expect(locks.remove('a', async () => 'gone')).resolves.toBe('gone')
  })

  it('that is being removed is given to nobody, and removed once', async () => {
    const locks = createVolumeLocks()
    const { promise, reject } = Promise.withResolvers<void>()
    const removal = locks.remove('a', () => promise)

    await expect(locks.use(['b', 'a'], async () => {})).rejects.toThrow(coded('VOLUME_NOT_FOUND'))
    await expect(locks.remove('a', async () => {})).rejects.toThrow(coded('VOLUME_IN_USE'))
    await expect(
      locks.remove('b', async () => 'not held by the failed start'),
    ).resolves.toBeTruthy()

    reject(new Error('the disk is slow'))
    await expect(removal).rejects.toThrow('slow')
    await expect(locks.use(['a'], async () => 'again')).resolves.toBe('again')
  })
})
