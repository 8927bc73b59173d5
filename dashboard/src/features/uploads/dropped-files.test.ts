import { expect, it } from 'vitest'
import { isOfApp } from '#features/apps/upload-app.ts'
import { filesBelow } from './dropped-files.ts'

const file = (name: string) => ({
  name,
  isFile: true,
  isDirectory: false,
  file: (done: (file: File) => void) => done(new File([], name)),
})
type Made = ReturnType<typeof file> | { name: string; isFile: boolean; isDirectory: boolean }

/** As browsers do: some entries at a time, and none at the end. */
function folder(name: string, entries: readonly Made[], looked?: () => void) {
  let rest = [...entries]
  return {
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => ({
      readEntries(done: (entries: Made[]) => void): void {
        looked?.()
        done(rest.slice(0, 100))
        rest = rest.slice(100)
      },
    }),
  }
}
const many = (count: number): Made[] => Array.from({ length: count }, (_, at) => file(`${at}.js`))

it('finds every file of a folder, and looks into nothing that a new app leaves out', async () => {
  let looks = 0
  const shop = folder('shop', [
    folder('node_modules', many(50), () => (looks += 1)),
    file('package.json'),
    folder('src', many(250)),
  ])

  const found = await filesBelow([shop], isOfApp, 300)

  expect(looks).toBe(0)
  expect(found).toHaveLength(251)
  expect(found[0]?.path).toBe('shop/package.json')
  expect(found.at(-1)?.path).toBe('shop/src/249.js')
})

it('refuses more than can be sent, and takes no part of it', async () => {
  await expect(filesBelow([folder('site', many(21))], undefined, 20)).rejects.toMatchObject({
    code: 'TOO_MANY_FILES',
    message: 'There are more than 20 files in it.',
  })
  expect(await filesBelow([folder('site', many(20))], undefined, 20)).toHaveLength(20)
})
