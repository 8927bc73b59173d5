import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '#store/database.ts'

const stores = () =>
  readdirSync(import.meta.dirname).filter((name) => /^(?!.*\.test\.).*\.ts$/.test(name))

it('prepares every statement of every store without an error', async () => {
  const db = openDatabase(':memory:', { create: true })
  const texts: string[] = []
  const lazily = db.prepare.bind(db)
  Object.defineProperty(db, 'prepare', {
    value: (sql: string) => {
      texts.push(sql)
      return lazily(sql)
    },
  })
  for (const name of stores()) {
    const module = z.record(z.string(), z.unknown()).parse({ ...(await import(`#store/${name}`)) })
    for (const [exported, make] of Object.entries(module))
      if (/^create\w+Store$/.test(exported) && typeof make === 'function') make(db)
  }

  expect(texts.length).toBeGreaterThan(300)
  // Looking at a statement compiles it: whose text is wrong throws.
  for (const text of texts) expect(lazily(text).source, text).toBe(text)
})

it('is no different from a statement that is prepared at once', () => {
  const db = openDatabase(':memory:', { create: true })
  db.exec('CREATE TABLE things (name TEXT, size INTEGER)')
  const insert = db.prepare<[string, number]>('INSERT INTO things VALUES (?, ?)')
  const names = db.prepare<[], string>('SELECT name FROM things ORDER BY name').pluck()
  const pairs = db.prepare('SELECT name, size FROM things ORDER BY name').raw()

  expect(insert.run('b', 2).changes).toBe(1)
  db.transaction(() => insert.run('a', 1)).immediate()

  expect(names.all()).toEqual(['a', 'b'])
  expect(names.get()).toBe('a')
  expect([...names.iterate()]).toEqual(['a', 'b'])
  expect(pairs.all()).toEqual([
    ['a', 1],
    ['b', 2],
  ])
  expect(names.pluck(false).get()).toEqual({ name: 'a' })
  expect(() => db.prepare('SELECT colour FROM things').get()).toThrow('no such column')
})
