import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Manifest, publishedPackages } from './publishedPackages.ts'

const bin = fileURLToPath(new URL('../node_modules/.bin', import.meta.url))
const temporary = mkdtempSync(join(tmpdir(), 'tidewire-packages-'))

/** Runs a tool of the workspace for its verdict, and prints what it has to say only where that is bad. */
function passes(command: string, args: string[], cwd: string): boolean {
  const { status, stdout, stderr } = spawnSync(join(bin, command), args, { cwd, encoding: 'utf8' })
  console.log(`  ${command} ${args.slice(1).join(' ')}: ${status === 0 ? 'clean' : 'refused'}`)
  if (status !== 0) console.error(stdout + stderr)
  return status === 0
}

/** Says what is wrong with a package as it is unpacked from its tarball. */
function faults(contents: string, source: string): string[] {
  const found: string[] = []
  const manifest = JSON.parse(readFileSync(join(contents, 'package.json'), 'utf8')) as Manifest
  for (const file of ['README.md', 'LICENSE']) {
    if (!existsSync(join(contents, file))) found.push(`has no ${file}`)
  }
  for (const [name, range] of Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    if (range.includes('workspace:')) found.push(`depends on ${name} by ${range}`)
  }
  if (JSON.stringify(manifest).includes('tidewire-source')) found.push('names a condition that only this workspace has')

  const files = readdirSync(contents, { recursive: true, encoding: 'utf8' })
  const code = files.filter((file) => /\.(?:js|ts)$/.test(file))
  if (code.length === 0) found.push('holds no code: run `pnpm build` first')
  for (const file of code) {
    // Private, and therefore inlined.
    if (readFileSync(join(contents, file), 'utf8').includes('@tidewire/protocol')) {
      found.push(`imports @tidewire/protocol in ${file}`)
    }
  }
  // A directive counts only where it stands first, and a bundler is free to move what it does not know.
  for (const file of readdirSync(join(source, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(file) || /\.test(?:-d)?\./.test(file)) continue
    if (!/^['"]use client['"]/.test(readFileSync(join(source, 'src', file), 'utf8'))) continue
    const built = join(contents, 'dist', file.replace(/\.tsx?$/, '.js'))
    if (!existsSync(built)) found.push(`has lost ${file}, which begins with 'use client'`)
    else if (!/^['"]use client['"]/.test(readFileSync(built, 'utf8'))) found.push(`has lost 'use client' in ${file}`)
  }
  return found
}

/** Tells whether the types of a server's package hold where there is no DOM, and every declaration is checked. */
function holdsWithoutDOM(contents: string, source: string, name: string): boolean {
  const consumer = mkdtempSync(join(temporary, 'consumer-'))
  const modules = join(consumer, 'node_modules')
  mkdirSync(join(modules, '@types'), { recursive: true })
  mkdirSync(join(modules, name, '..'), { recursive: true })
  symlinkSync(contents, join(modules, name))
  symlinkSync(join(source, 'node_modules/@types/node'), join(modules, '@types/node'))
  const options = {
    lib: ['ES2024'],
    types: ['node'],
    module: 'NodeNext',
    strict: true,
    skipLibCheck: false,
    noEmit: true,
  }
  writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['use.ts'] }))
  writeFileSync(
    join(consumer, 'use.ts'),
    ['', '/node', '/testing'].map((entry) => `export * from '${name}${entry}'\n`).join(''),
  )
  return passes('tsc', ['-p', consumer], consumer)
}

const problems: string[] = []
try {
  for (const { directory, manifest } of publishedPackages()) {
    console.log(manifest.name)
    const destination = mkdtempSync(join(temporary, 'package-'))
    execFileSync('pnpm', ['pack', '--pack-destination', destination], { cwd: directory, stdio: 'ignore' })
    const tarball = readdirSync(destination)[0]
    if (tarball === undefined) throw new Error(`${manifest.name} was not packed.`)
    execFileSync('tar', ['-xzf', tarball], { cwd: destination })

    const found = faults(join(destination, 'package'), directory)
    if (!passes('publint', [tarball, '--strict'], destination)) found.push('is refused by publint')
    if (!passes('attw', [tarball, '--profile', 'esm-only'], destination)) found.push('is refused by attw')
    if (manifest.name.endsWith('/server') && !holdsWithoutDOM(join(destination, 'package'), directory, manifest.name)) {
      found.push('has types that need the DOM')
    }
    problems.push(...found.map((fault) => `${manifest.name} ${fault}`))
  }
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
