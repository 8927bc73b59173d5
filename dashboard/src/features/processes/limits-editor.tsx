import { useQueryClient } from '@tanstack/react-query'
import type { Process } from '@vastrox/shared/process.ts'
import { type FormEvent, useId, useState } from 'react'
import {
  LimitsForm,
  type LimitsText,
  toChange,
  toLimitsText,
} from '#features/processes/limits-form.ts'
import { processesQuery, useChangeProcess } from '#features/processes/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
import { describeError } from '#lib/api-error.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Field } from '#ui/field.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  app: string
  process: Process
  mayChange: boolean
}

/** What one instance may take, in one line; a press opens the form. */
export function LimitsEditor({ app, process, mayChange }: Props) {
  const [open, setOpen] = useState(false)
  const id = useId()
  return (
    <div className="border-b border-line px-4 py-3 text-sm sm:px-5">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="tabular text-muted">{sayLimits(process)}</p>
        {mayChange && (
          <Button
            size="sm"
            variant="quiet"
            aria-expanded={open}
            aria-controls={id}
            onClick={() => setOpen(!open)}
          >
            {open ? t('Close') : t('Change limits')}
          </Button>
        )}
      </div>
      <div id={id}>
        {open && <Form app={app} process={process} onDone={() => setOpen(false)} />}
      </div>
    </div>
  )
}

function sayLimits({ limits, ownLimits }: Process): string {
  const { memoryBytes, cpuMillis, stopGraceMs } = limits
  return [
    t('{memoryBytes} of memory each', { memoryBytes: sayBytes(memoryBytes) }),
    cpuMillis === 0 ? t('no cap on CPU') : t('{cpuMillis} cores', { cpuMillis: cpuMillis / 1_000 }),
    t('{stopGraceMs} s to stop', { stopGraceMs: stopGraceMs / 1_000 }),
    ...(Object.keys(ownLimits).length === 0 ? [t('as the app')] : []),
  ].join(' · ')
}

function Form({ app, process, onDone }: Omit<Props, 'mayChange'> & { onDone: () => void }) {
  const [text, setText] = useState<LimitsText>(() => toLimitsText(process))
  const [errors, setErrors] = useState<Partial<Record<keyof LimitsText, string>>>({})
  const change = useChangeProcess(app)
  const queryClient = useQueryClient()

  const save = (restart: boolean) => {
    const parsed = LimitsForm.safeParse(text)
    if (!parsed.success) {
      const said = parsed.error.issues.map(({ path, message }) => [String(path[0]), message])
      setErrors(Object.fromEntries(said))
      return
    }
    setErrors({})
    change.mutate(
      { process: process.name, change: { ...toChange(parsed.data), restart } },
      {
        onSuccess: () => {
          void queryClient.invalidateQueries({ queryKey: processesQuery(app).queryKey })
          toast.good(restart ? t('Restarting with the new limits.') : t('Saved.'))
          onDone()
        },
        onError: (error) => setErrors({ memoryMb: describeError(error).message }),
      },
    )
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save(false)
  }
  const field = (name: keyof LimitsText) => ({
    value: text[name],
    error: errors[name],
    onChange: (event: { target: { value: string } }) =>
      setText({ ...text, [name]: event.target.value }),
  })

  return (
    <form
      onSubmit={submit}
      className="mt-3"
      aria-label={t('Limits of {name}', { name: process.name })}
    >
      <div className="grid grid-cols-1 gap-x-6 gap-y-4 sm:grid-cols-3">
        <Field
          label={t('Memory')}
          unit="MB"
          inputMode="numeric"
          placeholder={t('as the app')}
          {...field('memoryMb')}
        />
        <Field
          label="CPU"
          unit={t('cores')}
          inputMode="decimal"
          placeholder={t('as the app')}
          hint={t('0: as much as is free.')}
          {...field('cpuCores')}
        />
        <Field
          label={t('Time to stop')}
          unit={t('s')}
          inputMode="decimal"
          placeholder={t('as the app')}
          {...field('stopGraceS')}
        />
      </div>
      <div className="mt-4 flex flex-wrap items-center justify-between gap-3">
        <p className="text-muted">{t('In force with the next deployment or restart.')}</p>
        <span className="flex flex-wrap gap-2">
          <Button size="sm" busy={change.isPending} onClick={() => save(true)}>
            {t('Save and restart now')}
          </Button>
          <Button type="submit" size="sm" variant="primary" busy={change.isPending}>
            {t('Save')}
          </Button>
        </span>
      </div>
    </form>
  )
}
