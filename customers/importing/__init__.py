"""Bringing in what customers owe: files of receivables, checked as a whole, then stored in batches.

reading    csv_reader, xlsx_reader, tables: a file becomes tables of cells, one row in memory
meaning    columns, mapping, ibm_layout, own_layout, cells: cells become records
pass one   checking, staging, roll, file_checks, database_checks: everything wrong, by line
pass two   running, writing, settling, inserting: batches with a saved cursor; undoing
"""
