import { CreateAppPort, DEFAULT_PORT_SETTINGS, PortProtocol } from '@vastrox/shared/app-port.ts'
import { z } from 'zod'
import { t } from '#lib/words.ts'

/** Everything as it is typed. */
export const PortForm = z.object({
  protocol: PortProtocol,
  ports: z.string(),
  to: z.string(),
  process: z.string(),
  sources: z.string(),
})
export type PortForm = z.infer<typeof PortForm>

export const EMPTY_PORT_FORM: PortForm = {
  protocol: 'tcp',
  ports: '',
  to: '',
  process: DEFAULT_PORT_SETTINGS.process,
  sources: '',
}

/** What the server is asked for, or what is wrong with which field. */
export function wishOf(
  form: PortForm,
): { wish: z.output<typeof CreateAppPort> } | { field: keyof PortForm; message: string } {
  const to = form.to.trim()
  if (to !== '' && !/^\d{1,5}$/.test(to)) return { field: 'to', message: t('Write a port.') }
  const { data, error } = CreateAppPort.safeParse({
    protocol: form.protocol,
    ports: form.ports.trim(),
    process: form.process.trim(),
    sources: form.sources.split(/[\s,]+/).filter((each) => each !== ''),
    ...(to === '' ? {} : { to: Number(to) }),
  })
  if (data) return { wish: data }
  const [issue] = error.issues
  const field = PortForm.keyof().safeParse(issue?.path[0]).data ?? 'ports'
  return { field, message: issue?.message ?? t('That is not valid.') }
}
