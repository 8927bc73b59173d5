import { zodResolver } from '@hookform/resolvers/zod'
import { useQuery } from '@tanstack/react-query'
import type { App } from '@vastrox/shared/app.ts'
import type { StackChoice } from '@vastrox/shared/build-plan.ts'
import { useForm, type UseFormReturn } from 'react-hook-form'
import type { z } from 'zod'
import { BuildForm, toBuildForm, toBuildSettings } from '#features/app-settings/build-form.ts'
import { useChangeSettings } from '#features/app-settings/queries.ts'
import { buildPlanQuery, stacksQuery } from '#features/builds/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { describeError } from '#lib/api-error.ts'
import { t } from '#lib/words.ts'
import { Field } from '#ui/field.tsx'
import { FormCard } from '#ui/form-card.tsx'
import { Select } from '#ui/select.tsx'
import { TextArea } from '#ui/text-area.tsx'
import { toast } from '#ui/toast.tsx'

type Typed = z.input<typeof BuildForm>
type Form = UseFormReturn<Typed, unknown, BuildForm>

/** Everything by which detection is overruled; an empty field lets Vastrox work it out. */
export function BuildCard({ app }: { app: App }) {
  const mayChange = useMay('app.change')
  const changeSettings = useChangeSettings(app.name)
  const form = useForm<Typed, unknown, BuildForm>({
    resolver: zodResolver(BuildForm),
    values: toBuildForm(app.settings.build),
  })
  const { isDirty } = form.formState

  const submit = form.handleSubmit((input) =>
    changeSettings.mutate(
      { build: toBuildSettings(input) },
      {
        onSuccess: () => toast.good(t('Saved.'), t('The next deployment is built so.')),
        onError: toast.error,
      },
    ),
  )

  return (
    <FormCard
      legend={t('Build settings of {name}', { name: app.name })}
      title={t('Build')}
      lead={t('What is empty is worked out. These go over vastrox.json and app.json.')}
      note={t('Counts from the next deployment on.')}
      mayChange={mayChange}
      isDirty={isDirty}
      busy={changeSettings.isPending}
      onSubmit={submit}
      onUndo={() => form.reset()}
    >
      <StackField app={app} form={form} />
      <SourceFields form={form} />
      <DockerfileFields form={form} />
    </FormCard>
  )
}

/** What is detected now, and why; or why nothing can be. */
function StackField({ app, form }: { app: App; form: Form }) {
  const { data: stacks = [] } = useQuery(stacksQuery)
  const { data: plan, error } = useQuery(buildPlanQuery(app.name))
  const hint = plan
    ? t('The last source: {title} ({because}).', { title: plan.title, because: plan.because })
    : error
      ? describeError(error).message
      : t('Known once there is a source.')
  return (
    <Select label={t('Stack')} hint={hint} {...form.register('stack')}>
      <option value="">{t('Detected')}</option>
      {/* The one that is chosen is there before the list is: it must not be lost. */}
      {withChosen(stacks, app.settings.build.stack).map(({ name, title }) => (
        <option key={name} value={name}>
          {title}
        </option>
      ))}
    </Select>
  )
}

const withChosen = (
  stacks: readonly StackChoice[],
  chosen: string | null,
): readonly StackChoice[] =>
  chosen === null || stacks.some(({ name }) => name === chosen)
    ? stacks
    : [...stacks, { name: chosen, title: chosen }]

function SourceFields({ form }: { form: Form }) {
  const { errors } = form.formState
  return (
    <>
      <Field
        label={t('Root directory')}
        placeholder={t('the whole repository')}
        mono
        hint={t('The part of the repository that is the app.')}
        error={errors.rootDirectory?.message}
        {...form.register('rootDirectory')}
      />
      <Field
        label={t('Version')}
        placeholder={t('from the source')}
        mono
        hint={t('Of the language: 26, 3.13, 8.4.')}
        error={errors.version?.message}
        {...form.register('version')}
      />
      <Field
        label={t('Build command')}
        mono
        error={errors.buildCommand?.message}
        {...form.register('buildCommand')}
      />
      <Field
        label={t('Start command')}
        mono
        hint={t('Of web.')}
        error={errors.startCommand?.message}
        {...form.register('startCommand')}
      />
      <Field
        label={t('Release command')}
        mono
        hint={t('Runs in the new image before it goes live.')}
        error={errors.releaseCommand?.message}
        {...form.register('releaseCommand')}
      />
      <Field
        label={t('Document root')}
        mono
        hint={t('The folder that PHP and static apps are served from.')}
        error={errors.documentRoot?.message}
        {...form.register('documentRoot')}
      />
      <Field
        label={t('Output directory')}
        mono
        hint={t('Where the build of a static site leaves its files.')}
        error={errors.outputDirectory?.message}
        {...form.register('outputDirectory')}
      />
      <Field
        label={t('Largest upload')}
        unit="MB"
        inputMode="numeric"
        hint={t('That PHP and its web server take.')}
        error={errors.uploadMb?.message}
        {...form.register('uploadMb')}
      />
      <Field
        label={t('Env for the build')}
        mono
        hint={t('Names of variables that the build may read, as secrets that are in no image.')}
        error={errors.buildEnvKeys?.message}
        {...form.register('buildEnvKeys')}
      />
    </>
  )
}

function DockerfileFields({ form }: { form: Form }) {
  const { errors } = form.formState
  return (
    <>
      <Field
        label={t('Dockerfile')}
        placeholder={t('Dockerfile')}
        mono
        error={errors.dockerfile?.message}
        {...form.register('dockerfile')}
      />
      <Field
        label={t('Dockerfile stage')}
        placeholder={t('the last')}
        mono
        error={errors.target?.message}
        {...form.register('target')}
      />
      <TextArea
        label={t('Dockerfile arguments')}
        rows={3}
        className="sm:col-span-2"
        hint="NAME=value, one a line. They can be read in the image: no place for secrets."
        error={errors.buildArguments?.message}
        {...form.register('buildArguments')}
      />
    </>
  )
}
