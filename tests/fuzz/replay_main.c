/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target over files and folders, where libFuzzer is absent. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	long size = 0;

	if (file == NULL)
		return 0;
	(void)fseek(file, 0, SEEK_END);
	size = ftell(file);
	rewind(file);
	data = malloc(size > 0 ? (size_t)size : 1);
	if (data == NULL || fread(data, 1, (size_t)size, file) != (size_t)size)
		exit(1);
	(void)fclose(file);
	(void)LLVMFuzzerTestOneInput(data, (size_t)size);
	free(data);
	return 1;
}

static int run_path(const char *path)
{
	struct dirent *entry = NULL;
	DIR *dir = opendir(path);
	char name[2048];
	int count = 0;

	if (dir == NULL)
		return run_file(path);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(name, sizeof(name), "%s/%s", path,
		               entry->d_name);
		count += run_file(name);
	}
	(void)closedir(dir);
	return count;
}

int main(int argc, char **argv)
{
	int count = 0;

	for (int i = 1; i < argc; i++)
		count += run_path(argv[i]);
	printf("%d inputs\n", count);
	return count > 0 ? 0 : 1;
}
