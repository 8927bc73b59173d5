import { zodResolver } from '@hookform/resolvers/zod'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ChangeLogSettings, LogSettingsView } from '@vastrox/shared/log.ts'
import { useForm } from 'react-hook-form'
import type { z } from 'zod'
import { KeepForm, toKeepForm, toKeepSettings } from '#features/logs/keep-form.ts'
import { useMay } from '#features/session/queries.ts'
import { api } from '#lib/api.ts'
import { sayBytes } from '#lib/bytes.ts'
import { language } from '#lib/language.ts'
import { exactTime } from '#lib/time.ts'
import { t } from '#lib/words.ts'
import { Field } from '#ui/field.tsx'
import { FormCard } from '#ui/form-card.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { toast } from '#ui/toast.tsx'

/** Whose logs they are, and who may see and say how they are kept. */
const OWNERS = {
  app: { path: 'apps', read: 'logs.read', change: 'app.change' },
  addon: { path: 'addons', read: 'addon.read', change: 'addon.change' },
} as const

interface Owner {
  of: keyof typeof OWNERS
  name: string
}

const placeOf = ({ of, name }: Owner): string => `/${OWNERS[of].path}/${name}/logs/settings`

const keepQuery = (owner: Owner) =>
  queryOptions({
    queryKey: [owner.of, owner.name, 'log-settings'],
    queryFn: ({ signal }) => api.get(placeOf(owner), LogSettingsView, { signal }),
  })

function useKeep(owner: Owner) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (change: ChangeLogSettings) => api.patch(placeOf(owner), LogSettingsView, change),
    onSuccess: (view) => client.setQueryData(keepQuery(owner).queryKey, view),
  })
}

/** How long lines of an app or a database are kept, how many of them, and how fast it may print. */
export function KeepCard(owner: Owner) {
  const mayRead = useMay(OWNERS[owner.of].read)
  const { data, error, refetch } = useQuery({ ...keepQuery(owner), enabled: mayRead })
  if (!mayRead) return null
  if (error && !data) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton className="h-60 rounded-lg" />
  return <Form owner={owner} view={data} />
}

function Form({ owner, view }: { owner: Owner; view: LogSettingsView }) {
  const mayChange = useMay(OWNERS[owner.of].change)
  const keep = useKeep(owner)
  const form = useForm<z.input<typeof KeepForm>, unknown, KeepForm>({
    resolver: zodResolver(KeepForm),
    values: toKeepForm(view),
  })
  const { errors, isDirty } = form.formState
  const submit = form.handleSubmit((input) =>
    keep.mutate(toKeepSettings(input), {
      onSuccess: () => toast.good(t('Saved.'), t('In force at once.')),
      onError: toast.error,
    }),
  )
  return (
    <FormCard
      legend={t('How long logs of {app} are kept', { app: owner.name })}
      title={t('Logs')}
      lead={
        owner.of === 'app'
          ? t('Lines go by whichever is reached first. Drains send them on for longer.')
          : t('Lines go by whichever is reached first.')
      }
      note={sayKept(view)}
      mayChange={mayChange}
      isDirty={isDirty}
      busy={keep.isPending}
      onSubmit={submit}
      onUndo={() => form.reset()}
    >
      <Field
        label={t('Lines are kept for')}
        unit={t('days')}
        inputMode="numeric"
        error={errors.keepDays?.message}
        {...form.register('keepDays')}
      />
      <Field
        label={t('Room for them, compressed')}
        unit="MB"
        inputMode="numeric"
        hint={t('A line takes about a fourteenth of its text.')}
        error={errors.keepMb?.message}
        {...form.register('keepMb')}
      />
      <Field
        label={t('It may print')}
        unit="lines/s"
        inputMode="numeric"
        hint={t('For long. What is more is left out, and the log says how many lines.')}
        error={errors.linesPerSecond?.message}
        {...form.register('linesPerSecond')}
      />
    </FormCard>
  )
}

function sayKept({ usedBytes, lineBytes, oldestAt, droppedLines }: LogSettingsView): string {
  const kept =
    oldestAt === null
      ? t('Nothing is kept yet.')
      : t('{usedBytes} for {lineBytes} of lines, since {oldestAt}.', {
          usedBytes: sayBytes(usedBytes),
          lineBytes: sayBytes(lineBytes),
          oldestAt: exactTime(oldestAt),
        })
  return droppedLines > 0
    ? t('{kept} {droppedLines} lines were left out since Vastrox started.', {
        kept,
        droppedLines: droppedLines.toLocaleString(language),
      })
    : kept
}
