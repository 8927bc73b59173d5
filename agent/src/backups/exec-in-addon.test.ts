import { expect, it } from 'vitest'
import { z } from 'zod'
import { execInAddon } from '#agent/backups/exec-in-addon.ts'
import { LABEL } from '#agent/containers/labels.ts'
import { createEngine, type Engine } from '#agent/engine/engine.ts'

const ADDON = 'addon00001'
const CALL = { addonId: ADDON, argv: ['pg_dump'], env: { PGPASSWORD: 'secret' }, hasInput: false }

/** An engine that has one container, which may be asked to run something. */
function engineWith(container: { name: string; labels: Record<string, string> }) {
  const asked: string[] = []
  const engine = {
    ...createEngine('/nowhere'),
    get: async <Schema extends z.ZodType>(
      _path: string,
      schema: Schema,
      call: Parameters<Engine['get']>[2] = {},
    ) => {
      const filters = z.object({ label: z.array(z.string()).optional() })
      const { label } = filters.parse(JSON.parse(String(call.query?.['filters'])))
      const labels = Object.entries(container.labels).map(([name, value]) => `${name}=${value}`)
      const isIt = label?.every((each) => labels.includes(each)) ?? true
      const one = {
        Id: 'c1',
        Names: [`/${container.name}`],
        State: 'running',
        Labels: container.labels,
        NetworkSettings: { Networks: {} },
      }
      return schema.parse(isIt ? [one] : [])
    },
    post: async (path: string): Promise<never> => {
      asked.push(path)
      throw new Error('asked')
    },
  }
  return { engine, asked }
}

it('an app whose name begins as an add-on’s container is not given its password (rule K7)', async () => {
  const { engine, asked } = engineWith({
    name: `vastrox-a1b2c3-addon-${ADDON}-c0ffee-web-1-1`,
    labels: { [LABEL.instance]: 'a1b2c3', [LABEL.kind]: 'instance', [LABEL.app]: 'app00001' },
  })

  await expect(execInAddon({ engine, instance: 'a1b2c3' }, CALL)).rejects.toMatchObject({
    code: 'ADDON_NOT_RUNNING',
  })
  expect(asked).toEqual([])
})

it('the add-on’s own container is', async () => {
  const name = `vastrox-a1b2c3-addon-${ADDON}-2`
  const { engine, asked } = engineWith({
    name,
    labels: {
      [LABEL.instance]: 'a1b2c3',
      [LABEL.kind]: 'addon',
      [LABEL.addon]: ADDON,
      [LABEL.generation]: '2',
    },
  })

  await expect(execInAddon({ engine, instance: 'a1b2c3' }, CALL)).rejects.toThrow('asked')
  expect(asked).toEqual([`/containers/${name}/exec`])
})
