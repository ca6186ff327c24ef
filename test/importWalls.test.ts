import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** An import that crosses a wall, the file it stands in, and the rule of the real configuration that refuses it. */
const forbidden: [file: string, code: string, rule: string][] = [
  ['packages/protocol/src/wall.ts', `import 'zod'`, 'no-restricted-imports'],
  ['packages/protocol/src/wall.ts', `import '@tidewire/server'`, 'no-restricted-imports'],
  ['packages/protocol/src/wall.ts', `import '@tidewire/client'`, 'no-restricted-imports'],
  ['packages/protocol/src/wall.ts', `import 'node:fs'`, 'no-restricted-imports'],
  ['packages/protocol/src/wall.ts', `import 'react'`, 'no-restricted-imports'],
  ['packages/protocol/src/wall.ts', `import '../../server/src/index.ts'`, 'no-restricted-imports'],

  ['packages/server/src/wall.ts', `import '@tidewire/client'`, 'no-restricted-imports'],
  ['packages/server/src/wall.ts', `import '@tidewire/server/node'`, 'no-restricted-imports'],
  ['packages/server/src/wall.ts', `import './node/index.ts'`, 'no-restricted-imports'],
  ['packages/server/src/wall.ts', `import './node'`, 'no-restricted-imports'],
  ['packages/server/src/deep/wall.ts', `import '../node/pipeSSE.ts'`, 'no-restricted-imports'],
  ['packages/server/src/wall.ts', `import 'node:http'`, 'no-restricted-imports'],
  ['packages/server/src/wall.ts', `import 'http'`, 'no-restricted-imports'],
  ['packages/server/src/wall.ts', `import type { ServerResponse } from 'node:http'`, 'no-restricted-imports'],
  ['packages/server/src/wall.ts', `import 'zod'`, 'no-restricted-imports'],
  ['packages/server/src/wall.ts', `import '../../client/src/index.ts'`, 'no-restricted-imports'],
  ['packages/server/src/wall.ts', `import '../../../apps/playground/server/main.ts'`, 'no-restricted-imports'],
  ['packages/server/src/node/wall.ts', `import '@tidewire/client'`, 'no-restricted-imports'],
  ['packages/server/src/node/wall.ts', `import 'express'`, 'no-restricted-imports'],
  ['packages/server/src/node/wall.ts', `import '../../../client/src/index.ts'`, 'no-restricted-imports'],

  ['packages/client/src/wall.ts', `import '@tidewire/server'`, 'no-restricted-imports'],
  ['packages/client/src/wall.ts', `import '@tidewire/react'`, 'no-restricted-imports'],
  ['packages/client/src/wall.ts', `import 'react'`, 'no-restricted-imports'],
  ['packages/client/src/wall.ts', `import 'vue'`, 'no-restricted-imports'],
  ['packages/client/src/wall.ts', `import 'node:events'`, 'no-restricted-imports'],
  ['packages/client/src/wall.ts', `import 'undici'`, 'no-restricted-imports'],
  ['packages/client/src/wall.ts', `import 'eventsource-parser/stream'`, 'no-restricted-imports'],
  ['packages/client/src/wall.ts', `import '../../server/src/index.ts'`, 'no-restricted-imports'],
  ['packages/client/src/wall.ts', `import '../dist/index.js'`, 'no-restricted-imports'],

  ['packages/react/src/wall.ts', `import '@tidewire/protocol'`, 'no-restricted-imports'],
  ['packages/react/src/wall.ts', `import '@tidewire/server'`, 'no-restricted-imports'],
  ['packages/react/src/wall.ts', `import '@tidewire/vue'`, 'no-restricted-imports'],
  ['packages/react/src/wall.ts', `import 'vue'`, 'no-restricted-imports'],
  ['packages/react/src/wall.ts', `import 'react-dom'`, 'no-restricted-imports'],
  ['packages/react/src/wall.tsx', `import 'eventsource-parser'`, 'no-restricted-imports'],
  ['packages/react/src/wall.ts', `import '../../client/src/index.ts'`, 'no-restricted-imports'],
  ['packages/react/src/wall.ts', `import '@tanstack/react-query'`, 'no-restricted-imports'],
  ['packages/react/src/query/wall.ts', `import '@tidewire/protocol'`, 'no-restricted-imports'],
  ['packages/react/src/query/wall.ts', `import '@tanstack/query-core'`, 'no-restricted-imports'],
  ['packages/react/src/query/wall.ts', `import '../../../client/src/index.ts'`, 'no-restricted-imports'],

  ['packages/vue/src/wall.ts', `import '@tidewire/protocol'`, 'no-restricted-imports'],
  ['packages/vue/src/wall.ts', `import '@tidewire/server'`, 'no-restricted-imports'],
  ['packages/vue/src/wall.ts', `import '@tidewire/react'`, 'no-restricted-imports'],
  ['packages/vue/src/wall.ts', `import 'react'`, 'no-restricted-imports'],
  ['packages/vue/src/wall.ts', `import '@vue/reactivity'`, 'no-restricted-imports'],
  ['packages/vue/src/wall.ts', `import '../../client/src/index.ts'`, 'no-restricted-imports'],
  ['packages/vue/src/wall.ts', `import '@tanstack/vue-query'`, 'no-restricted-imports'],
  ['packages/vue/src/query/wall.ts', `import '@tidewire/protocol'`, 'no-restricted-imports'],
  ['packages/vue/src/query/wall.ts', `import '@tanstack/query-core'`, 'no-restricted-imports'],
  ['packages/vue/src/query/wall.ts', `import '../../../client/src/index.ts'`, 'no-restricted-imports'],

  // Every way to import is an import.
  ['packages/client/src/wall.ts', `export * from 'react'`, 'no-restricted-imports'],
  ['packages/client/src/wall.ts', `export const load = () => import('react')`, 'no-restricted-imports'],
  ['packages/client/src/wall.ts', `export type Node = import('react').ReactNode`, 'consistent-type-imports'],
  ['packages/client/src/wall.ts', `export const fs: unknown = require('fs')`, 'no-require-imports'],

  ['packages/client/src/wall.ts', `export const visible = document.visibilityState`, 'no-restricted-globals'],
  ['packages/client/src/wall.ts', `export const { origin } = window.location`, 'no-restricted-globals'],
  ['packages/react/src/wall.ts', `export const isBrowser = typeof window`, 'no-restricted-globals'],
]

/** Imports that look alike and cross none. */
const allowed: [file: string, code: string][] = [
  ['packages/protocol/src/legal.ts', `export * from './headers.ts'`],
  ['packages/server/src/legal.ts', `export * from '@tidewire/protocol'; export * from './formatSSE.ts'`],
  ['packages/server/src/nodes.ts', `export * from './nodeList.ts'`],
  [
    'packages/server/src/node/legal.ts',
    `export * from 'node:http'; export * from '../index.ts'; export * from '@tidewire/protocol'`,
  ],
  ['packages/client/src/legal.ts', `export * from '@tidewire/protocol'; export * from 'eventsource-parser'`],
  ['packages/client/src/visible.ts', `export const state = (): string => globalThis.document?.visibilityState`],
  ['packages/react/src/legal.ts', `export * from '@tidewire/client'; export * from 'react'`],
  ['packages/vue/src/legal.ts', `export * from '@tidewire/client'; export * from 'vue'`],
  [
    'packages/react/src/query/legal.ts',
    `export * from '@tidewire/client/query'; export * from '@tanstack/react-query'; export * from 'react'`,
  ],
  [
    'packages/vue/src/query/legal.ts',
    `export * from '@tidewire/client/query'; export * from '@tanstack/vue-query'; export * from 'vue'`,
  ],
  ['packages/client/src/legal.test.ts', `export * from '@tidewire/server'; export * from 'node:http'`],
  ['packages/react/src/legal.test.tsx', `export * from 'react-dom'; export const w = window`],
  ['packages/client/src/legal.test-d.ts', `export * from 'vitest'`],
  ['test/legal.ts', `export * from '../packages/client/src/index.ts'; export * from 'node:http'`],
  // What is built is not linted.
  ['packages/client/dist/index.js', `import 'react'`],
]

interface Report {
  diagnostics: { code: string; filename: string }[]
}

describe('the walls between the packages', () => {
  let directory: string
  let reported: Set<string>

  // Each case is a file of its own: packages/client/src/wall7.test.ts.
  const place = (index: number, file: string) => file.replace(/(?=\.)/, String(index))

  // One copy of the tree, and one run of the linter over every case.
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidewire-walls-'))
    await copyFile(join(root, '.oxlintrc.json'), join(directory, '.oxlintrc.json'))
    for (const [index, [file, code]] of [...forbidden, ...allowed].entries()) {
      const path = join(directory, place(index, file))
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, `${code}\n`)
    }
    const output = await new Promise<string>((resolve, reject) => {
      const args = [join(root, 'node_modules/oxlint/bin/oxlint'), '--format=json', '.']
      execFile(process.execPath, args, { cwd: directory, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
        stdout.startsWith('{') ? resolve(stdout) : reject(new Error(`${stdout}${stderr}`, { cause: error })),
      )
    })
    const { diagnostics } = JSON.parse(output) as Report
    // `eslint(no-restricted-imports)` is the rule `no-restricted-imports`.
    reported = new Set(diagnostics.map(({ code, filename }) => `${filename}: ${code.replace(/^.*\((.*)\)$/, '$1')}`))
  })

  afterAll(() => rm(directory, { recursive: true, force: true }))

  it.each(forbidden.map(([file, code, rule], index) => ({ file, code, rule, index })))(
    'refuse $code in $file',
    ({ file, rule, index }) => expect([...reported]).toContain(`${place(index, file)}: ${rule}`),
  )

  it.each(allowed.map(([file, code], index) => ({ file, code, index: forbidden.length + index })))(
    'let $file say $code',
    ({ file, index }) => {
      const path = place(index, file)
      expect([...reported]).not.toContain(`${path}: no-restricted-imports`)
      expect([...reported]).not.toContain(`${path}: no-restricted-globals`)
    },
  )
})
