import { describeConformance } from './describeConformance.ts'

describeConformance('node 22')
