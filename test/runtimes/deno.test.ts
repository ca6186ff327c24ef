import { describeConformance } from './describeConformance.ts'

describeConformance('deno')
